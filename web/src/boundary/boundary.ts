// The rules of boundary/ in this page: what would become of a message, and what is wrong with a
// policy, without asking the gateway. The same code as the gate, so the same answers.
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';

import {
  AnswerSchema,
  ChangesCallSchema,
  FactsSchema,
  PreviewCallSchema,
  type Answer,
  type Changes,
  type Fault,
} from '../../generated/web/boundary/calls_pb.js';
import type { PolicyPreview } from '../../generated/holdspace/v1/frame_pb.js';
import { copyBytes, startModule, withBytes, type Memory, type ModuleSource } from '../wasm.js';

interface BoundaryExports extends Memory {
  add_zone(name: number, nameLength: number, tzif: number, tzifLength: number): number;
  set_tzdb_version(text: number, length: number): void;
  zone_offset(name: number, length: number, atMs: bigint): bigint;
  zone_earliest(name: number, length: number, localMinutes: bigint): bigint;
  zone_latest(name: number, length: number, localMinutes: bigint): bigint;
  preview(call: number, length: number): number;
  changes(call: number, length: number): number;
  validate(document: number, length: number): number;
  answer_address(): number;
}

/** The gates on one relationship's way, each a serialised holdspace.v1.Policy. */
export interface Documents {
  policy: Uint8Array;
  /** The client's own hours; left out: none. */
  hours?: Uint8Array;
}

/** One message, as far as the rules want to know it; the fields of Facts in calls.proto. */
export type FactsInit = MessageInitShape<typeof FactsSchema>;

/** A value, or the first thing that is wrong with what was asked. */
export type Result<T> = { ok: true; value: T } | { ok: false; fault: Fault };

/** What became of a zone that was handed in, as in web/boundary/zone_database.hpp. */
const kZoneAdded = ['added', 'already there', 'bad name', 'bad rules', 'too many'] as const;
export type ZoneAdded = (typeof kZoneAdded)[number];

/** What the module says of a zone that was not added. */
const kNoZone = -(2n ** 63n);

export class Boundary {
  readonly #module: BoundaryExports;
  readonly #zones = new Set<string>();
  #tzdbVersion = 'unknown';

  private constructor(module: BoundaryExports) {
    this.#module = module;
  }

  /** `source`: boundary.wasm. Rejects when it is no such module. */
  static async load(source: ModuleSource): Promise<Boundary> {
    return new Boundary(await startModule<BoundaryExports>(source));
  }

  /**
   * The rules of a zone, as a TZif file of the gateway's machine (RFC 8536). A policy whose zones
   * were not all added is refused as `zone_unknown`. The rules that were given first stay.
   */
  addZone(name: string, tzif: Uint8Array): ZoneAdded {
    const code = withBytes(this.#module, [utf8(name), tzif], (...at) =>
      this.#module.add_zone(at[0]!, at[1]!, at[2]!, at[3]!),
    );
    const added = kZoneAdded[code];
    if (added === undefined) throw new Error(`the module answered ${code}`);
    if (added === 'added') this.#zones.add(name);
    return added;
  }

  hasZone(name: string): boolean {
    return this.#zones.has(name);
  }

  /** The release that the zones come from, "2026b"; each verdict names it. */
  set tzdbVersion(version: string) {
    this.#tzdbVersion = version;
    withBytes(this.#module, [utf8(version)], (...at) =>
      this.#module.set_tzdb_version(at[0]!, at[1]!),
    );
  }
  get tzdbVersion(): string {
    return this.#tzdbVersion;
  }

  /** The gate's verdict at `atMs` (ms since 1970 UTC), and the instants at which it turns next. */
  preview(documents: Documents, facts: FactsInit, atMs: bigint): Result<PolicyPreview> {
    const call = create(PreviewCallSchema, { documents, facts, atMs });
    const answer = this.#ask('preview', toBinary(PreviewCallSchema, call));
    return answered(answer, answer.result.case === 'preview' ? answer.result.value : undefined);
  }

  /** Every change of the outcome after `fromMs` and before `untilMs`, both ms since 1970 UTC. */
  changes(
    documents: Documents,
    facts: FactsInit,
    fromMs: bigint,
    untilMs: bigint,
  ): Result<Changes> {
    const call = create(ChangesCallSchema, { documents, facts, fromMs, untilMs });
    const answer = this.#ask('changes', toBinary(ChangesCallSchema, call));
    return answered(answer, answer.result.case === 'changes' ? answer.result.value : undefined);
  }

  /** The first rule that a policy breaks; undefined: it keeps every one. */
  validate(policy: Uint8Array): Fault | undefined {
    const answer = this.#ask('validate', policy);
    return answer.result.case === 'fault' ? answer.result.value : undefined;
  }

  /** How many seconds the wall of a zone is ahead of UTC; undefined: the zone was not added. */
  offsetSeconds(zone: string, atMs: bigint): number | undefined {
    return this.#zone('zone_offset', zone, atMs, Number);
  }

  /**
   * The first or the last instant (ms since 1970 UTC) at which the wall of a zone shows
   * `localMinutes` (since 1970-01-01 00:00 on that wall). A time that the wall never shows becomes
   * the first instant after the gap.
   */
  earliestMs(zone: string, localMinutes: bigint): bigint | undefined {
    return this.#zone('zone_earliest', zone, localMinutes, (ms) => ms);
  }
  latestMs(zone: string, localMinutes: bigint): bigint | undefined {
    return this.#zone('zone_latest', zone, localMinutes, (ms) => ms);
  }

  #zone<T>(
    what: 'zone_offset' | 'zone_earliest' | 'zone_latest',
    zone: string,
    at: bigint,
    as: (value: bigint) => T,
  ): T | undefined {
    const value = withBytes(this.#module, [utf8(zone)], (...name) =>
      this.#module[what](name[0]!, name[1]!, at),
    );
    return value === kNoZone ? undefined : as(value);
  }

  #ask(what: 'preview' | 'changes' | 'validate', question: Uint8Array): Answer {
    const length = withBytes(this.#module, [question], (...at) =>
      this.#module[what](at[0]!, at[1]!),
    );
    if (length < 0) throw new RangeError('the memory of the module is full');
    return fromBinary(AnswerSchema, copyBytes(this.#module, this.#module.answer_address(), length));
  }
}

function answered<T>(answer: Answer, value: T | undefined): Result<T> {
  if (answer.result.case === 'fault') return { ok: false, fault: answer.result.value };
  if (value === undefined) throw new Error('the module answered another question');
  return { ok: true, value };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
