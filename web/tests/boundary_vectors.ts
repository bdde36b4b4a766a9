// The golden vectors of the gate, tests/vectors/v1/boundary.json, asked of the browser's preview.
// tests/client/boundary_vectors.hpp says what a row means.
import { fromJson, toBinary, type JsonValue } from '@bufbuild/protobuf';

import { RelationshipState } from '../generated/holdspace/v1/frame_pb.js';
import {
  Direction,
  Lane,
  Outcome,
  PolicySchema,
  type Policy,
  type Verdict,
} from '../generated/holdspace/v1/policy_pb.js';
import { Boundary, type Documents, type FactsInit } from '../src/boundary/boundary.js';
import { bytesToHex, hexToBytes, jsonFile, Tally, type Files, type Report } from './checks.js';

interface Row {
  policy: number;
  client?: number;
  at: string;
  lane: string;
  direction: string;
  state?: string;
  moment?: string;
  same_account?: boolean;
  relationship?: string;
  accepted_version?: number;
  routine_pause?: [string, string];
  logistics_pause?: [string, string];
  ends_at?: string;
  verdict: Record<string, string>;
}

export interface VectorFile {
  policies: JsonValue[];
  rows: Row[];
}

const kLanes = { routine: Lane.ROUTINE, logistics: Lane.LOGISTICS, urgent: Lane.URGENT };
const kDirections = { to_therapist: Direction.TO_THERAPIST, to_client: Direction.TO_CLIENT };
const kStates = {
  invited: RelationshipState.INVITED,
  active: RelationshipState.ACTIVE,
  paused: RelationshipState.PAUSED,
  ending: RelationshipState.ENDING,
  ended: RelationshipState.CLOSED,
  severed: RelationshipState.SEVERED,
};
const kOutcomes: Partial<Record<Outcome, string>> = {
  [Outcome.RELEASED]: 'release_now',
  [Outcome.HELD]: 'hold',
  [Outcome.REFUSAL]: 'refuse',
};

function named<T>(table: Record<string, T>, name: string): T {
  const value = table[name];
  if (value === undefined) throw new Error(`malformed row: ${name}`);
  return value;
}

function milliseconds(instant: string): bigint {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) throw new Error(`malformed row: ${instant}`);
  return BigInt(ms);
}

function instant(ms: bigint): string {
  return new Date(Number(ms)).toISOString();
}

function span([from, until]: [string, string]): { fromMs: bigint; untilMs: bigint } {
  return { fromMs: milliseconds(from), untilMs: milliseconds(until) };
}

function factsOf(row: Row): FactsInit {
  return {
    lane: named(kLanes, row.lane),
    direction: named(kDirections, row.direction),
    ...(row.state !== undefined && { state: named(kStates, row.state) }),
    release: row.moment === 'release',
    sameAccount: row.same_account ?? false,
    ...(row.relationship !== undefined && { relationshipId: hexToBytes(row.relationship) }),
    ...(row.accepted_version !== undefined && { acceptedVersion: BigInt(row.accepted_version) }),
    ...(row.routine_pause && { routinePause: span(row.routine_pause) }),
    ...(row.logistics_pause && { logisticsPause: span(row.logistics_pause) }),
    ...(row.ends_at !== undefined && { endsAtMs: milliseconds(row.ends_at) }),
  };
}

/** A verdict in the form of a row's, its members in the order of the file. */
function rowOf(verdict: Verdict): Record<string, string> {
  return {
    outcome: kOutcomes[verdict.outcome] ?? '?',
    reason: verdict.reason,
    rule: verdict.rule,
    ...(verdict.promiseMs !== undefined && { promise: instant(verdict.promiseMs) }),
    valid_from: instant(verdict.validFromMs),
    valid_until: instant(verdict.validUntilMs),
    ...(verdict.coverAccountId.length > 0 && { cover: bytesToHex(verdict.coverAccountId) }),
    ...(verdict.coverUntilMs !== 0n && { cover_until: instant(verdict.coverUntilMs) }),
  };
}

export async function addZonesOf(
  boundary: Boundary,
  policies: readonly Policy[],
  files: Files,
): Promise<void> {
  for (const zone of new Set(
    policies.flatMap((policy) => [policy.zone, ...policy.travels.map((travel) => travel.zone)]),
  ))
    if (!boundary.hasZone(zone)) boundary.addZone(zone, await files.bytes(`zoneinfo/${zone}`));
}

export async function checkBoundaryVectors(boundary: Boundary, files: Files): Promise<Report> {
  const file = (await jsonFile(files, 'vectors/boundary.json')) as VectorFile;
  const policies = file.policies.map((policy) => fromJson(PolicySchema, policy));
  await addZonesOf(boundary, policies, files);
  const documents = policies.map((policy) => toBinary(PolicySchema, policy));
  const tally = new Tally('browser preview');
  for (const row of file.rows) {
    tally.check(JSON.stringify(row), () => {
      const asked: Documents = {
        policy: documents[row.policy]!,
        ...(row.client !== undefined && { hours: documents[row.client]! }),
      };
      const answer = boundary.preview(asked, factsOf(row), milliseconds(row.at));
      if (!answer.ok) return `${answer.fault.field}: ${answer.fault.rule}`;
      const found = JSON.stringify(rowOf(answer.value.verdict!));
      return found === JSON.stringify(row.verdict) ? undefined : found;
    });
  }
  return tally.report;
}
