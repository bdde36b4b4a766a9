// What the vectors do not ask: changes over a time, faults with their field and rule, and zones.
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';

import {
  Direction,
  Exception_Kind,
  Lane,
  Outcome,
  PolicySchema,
  Weekday,
} from '../generated/holdspace/v1/policy_pb.js';
import { Boundary, type FactsInit } from '../src/boundary/boundary.js';
import { Tally, type Files, type Report } from './checks.js';

type PolicyInit = MessageInitShape<typeof PolicySchema>;

const kMonday = {
  lane: Lane.ROUTINE,
  direction: Direction.TO_THERAPIST,
  weekday: Weekday.MONDAY,
  startMinute: 9 * 60,
  endMinute: 17 * 60,
};
const kGoodFriday = {
  day: { case: 'easterOffsetDays' as const, value: -2 },
  days: 1,
};
const kMondays = { version: 3n, zone: 'Europe/London', windows: [kMonday] };
const kQuestion: FactsInit = { lane: Lane.ROUTINE, direction: Direction.TO_THERAPIST };

const bytes = (policy: PolicyInit): Uint8Array =>
  toBinary(PolicySchema, create(PolicySchema, policy));
const ms = (instant: string): bigint => BigInt(Date.parse(instant));

function checkFaults(boundary: Boundary, tally: Tally): void {
  const broken: [string, PolicyInit, string, string][] = [
    ['a zone that was not added', { ...kMondays, zone: 'Europe/Nowhere' }, 'zone', 'zone_unknown'],
    [
      'an end before its start',
      { ...kMondays, windows: [{ ...kMonday, endMinute: 60 }] },
      'windows[0].end_minute',
      'end_not_after_start',
    ],
    [
      'no weekday',
      { ...kMondays, windows: [{ ...kMonday, weekday: 0 }] },
      'windows[0].weekday',
      'malformed',
    ],
    [
      'an unknown lane',
      { ...kMondays, windows: [{ ...kMonday, lane: 9 as Lane }] },
      'windows[0].lane',
      'malformed',
    ],
    [
      'a day that is none',
      {
        ...kMondays,
        exceptions: [{ id: 'a', kind: Exception_Kind.CLOSED, fromDate: '2026-02-30' }],
      },
      'exceptions[0].from_date',
      'malformed',
    ],
    [
      'an id of 15 bytes',
      { ...kMondays, closures: [{ id: 'a', fromMs: 1n, coverAccountId: new Uint8Array(15) }] },
      'closures[0].cover_account_id',
      'malformed',
    ],
    [
      'two windows that share an hour',
      { ...kMondays, windows: [kMonday, { ...kMonday, startMinute: 600 }] },
      'windows[1]',
      'windows_overlap',
    ],
  ];
  for (const [what, policy, field, rule] of broken) {
    const fault = boundary.validate(bytes(policy));
    tally.equal(what, [fault?.field, fault?.rule], [field, rule]);
  }
  tally.equal('a policy that keeps every rule', boundary.validate(bytes(kMondays)), undefined);
  const cut = boundary.validate(bytes(kMondays).slice(0, -1));
  tally.equal('bytes that are no policy', [cut?.field, cut?.rule], ['', 'malformed']);
  const hours = boundary.preview(
    { policy: bytes(kMondays), hours: bytes({ ...kMondays, zone: '' }) },
    kQuestion,
    0n,
  );
  tally.equal('the document of a fault', hours.ok ? '' : hours.fault.field, 'hours.zone');
  const urgent = boundary.preview({ policy: bytes(kMondays) }, { lane: Lane.ROUTINE }, 0n);
  tally.equal(
    'a question without direction',
    urgent.ok ? '' : urgent.fault.field,
    'facts.direction',
  );
}

function checkChanges(boundary: Boundary, tally: Tally): void {
  const documents = { policy: bytes(kMondays) };
  // The clocks go forward on Sunday 2026-03-29: the second Monday opens an hour earlier in UTC.
  const answer = boundary.changes(
    documents,
    kQuestion,
    ms('2026-03-23T09:00:00Z'),
    ms('2026-03-30T12:00:00Z'),
  );
  if (!answer.ok) return tally.equal('changes', answer.fault.field, '');
  const found = answer.value.changes.map((change) => [
    new Date(Number(change.atMs)).toISOString(),
    Outcome[change.outcome],
  ]);
  // Refused for as long as the next Monday is more than 96 hours away.
  tally.equal('the changes of a week', found, [
    ['2026-03-23T17:00:00.000Z', 'REFUSAL'],
    ['2026-03-26T08:00:00.000Z', 'HELD'],
    ['2026-03-30T08:00:00.000Z', 'RELEASED'],
  ]);
  tally.equal(
    'how far they were followed',
    answer.value.followedUntilMs,
    ms('2026-03-30T12:00:00Z'),
  );
  const long = boundary.changes(
    documents,
    kQuestion,
    ms('2026-01-01T00:00:00Z'),
    ms('2036-01-01T00:00:00Z'),
  );
  tally.equal('the bound of an answer', long.ok && long.value.changes.length, 1000);
  const preview = boundary.preview(documents, kQuestion, ms('2026-03-29T12:00:00Z'));
  tally.equal('the next changes of a preview', preview.ok && preview.value.nextChangesMs.length, 6);
  tally.equal(
    'the release of a verdict',
    preview.ok && preview.value.verdict?.tzdbVersion,
    boundary.tzdbVersion,
  );
}

/** Whatever a document holds, the module answers: a trap would end it. */
function checkHostileDocuments(boundary: Boundary, tally: Tally): void {
  const document = bytes({
    ...kMondays,
    travels: [{ fromMs: ms('2026-05-04'), untilMs: ms('2026-05-07'), zone: 'Europe/London' }],
    closures: [{ id: 'storm', fromMs: ms('2026-06-24'), coverAccountId: new Uint8Array(16) }],
    exceptions: [{ id: 'easter', kind: Exception_Kind.CLOSED, moveable: kGoodFriday }],
    limits: { maxHoldHours: 96 },
  });
  const answers = (what: string, changed: Uint8Array): void =>
    tally.check(what, () => {
      boundary.validate(changed);
      boundary.preview({ policy: changed, hours: changed }, kQuestion, ms('2026-06-24'));
      return undefined;
    });
  for (let at = 0; at < document.length; ++at) {
    answers(`cut at ${at}`, document.slice(0, at));
    for (const mask of [0x01, 0x08, 0x80, 0xff]) {
      const changed = document.slice();
      changed[at]! ^= mask;
      answers(`byte ${at} xor ${mask}`, changed);
    }
  }
}

async function checkZones(boundary: Boundary, tally: Tally, files: Files): Promise<void> {
  const london = await files.bytes('zoneinfo/Europe/London');
  tally.equal('a zone a second time', boundary.addZone('Europe/London', london), 'already there');
  tally.equal('no name', boundary.addZone('', london), 'bad name');
  tally.equal('this machine', boundary.addZone('localtime', london), 'bad name');
  tally.equal(
    'half a file',
    boundary.addZone('Europe/Half', london.slice(0, london.length / 2)),
    'bad rules',
  );
  tally.equal('summer', boundary.offsetSeconds('Europe/London', ms('2026-07-01T00:00:00Z')), 3600);
  // The files list clock changes up to 2037, and the gate follows no later rule.
  tally.equal(
    'a summer after 2037',
    boundary.offsetSeconds('Europe/London', ms('2038-07-01T00:00:00Z')),
    0,
  );
  tally.equal('a zone that was not added', boundary.offsetSeconds('Europe/Half', 0n), undefined);
  // 01:30 on Sunday 2026-10-25 is shown twice, on 2026-03-29 never.
  const twice = ms('2026-10-25T01:30:00Z') / 60000n;
  tally.equal(
    'the first showing',
    boundary.earliestMs('Europe/London', twice),
    ms('2026-10-25T00:30:00Z'),
  );
  tally.equal(
    'the second showing',
    boundary.latestMs('Europe/London', twice),
    ms('2026-10-25T01:30:00Z'),
  );
  const never = ms('2026-03-29T01:30:00Z') / 60000n;
  tally.equal(
    'inside a gap',
    boundary.earliestMs('Europe/London', never),
    ms('2026-03-29T01:00:00Z'),
  );
}

export async function checkBoundaryCalls(boundary: Boundary, files: Files): Promise<Report> {
  const tally = new Tally('browser boundary');
  if (!boundary.hasZone('Europe/London'))
    boundary.addZone('Europe/London', await files.bytes('zoneinfo/Europe/London'));
  boundary.tzdbVersion = '2026b';
  checkFaults(boundary, tally);
  checkChanges(boundary, tally);
  checkHostileDocuments(boundary, tally);
  await checkZones(boundary, tally, files);
  return tally.report;
}
