import type { Observation } from '../balancer/strategy.ts';
import { PhiDetector } from './phi.ts';
import { type HealthEvent, type HealthState, nextState } from './states.ts';

export interface HealthOptions {
  /** Milliseconds between heartbeats. Default 500. */
  readonly heartbeatMs?: number;
  /** Milliseconds of being suspect after which a node is gone. Default 30,000. */
  readonly lostMs?: number;
  /** Failed answers in a row that eject. Default 5. */
  readonly errors?: number;
  /** Times the median of its class that a node's time a token may be. Default 4. */
  readonly slow?: number;
  /** Share of a class that may be ejected at once. Default 0.1; one node always may, in a class of two or more. */
  readonly mostEjected?: number;
  /** Milliseconds of the first ejection; each further one is that much longer, up to ten times. Default 10,000. */
  readonly ejectMs?: number;
  /** Good answers that end a probation. Default 3. */
  readonly proofs?: number;
  /** Milliseconds without an answer after which a node is asked for one token. Default 30,000. */
  readonly probeMs?: number;
}

export interface HealthEffects {
  /** The state has changed already. */
  changed(id: string, from: HealthState, to: HealthState, why: string): void;
  /** Ask the node for one token, and report the outcome by `answered`. Not called again before that. */
  probe(id: string): void;
}

interface Patient {
  readonly id: string;
  readonly class: string;
  readonly detector: PhiDetector;
  state: HealthState;
  since: number;
  errors: number;
  proofs: number;
  ejections: number;
  /** Milliseconds a token, an average that forgets; 0 while unknown. */
  pace: number;
  answers: number;
  lastAnswer: number;
  probing: boolean;
}

/** Answers that a node must have given before it is compared with its class. */
const LEAST_ANSWERS = 5;

/** Watches nodes by heartbeats, by their answers, and by questions of its own; decides only when told what happened. */
export class HealthMonitor {
  readonly #options: Required<HealthOptions>;
  readonly #effects: HealthEffects;
  readonly #patients = new Map<string, Patient>();
  /** By class: nodes that are not gone, and how many of them are ejected. */
  readonly #wards = new Map<string, { members: number; ejected: number }>();

  constructor(effects: HealthEffects, options: HealthOptions = {}) {
    this.#effects = effects;
    this.#options = {
      heartbeatMs: 500,
      lostMs: 30_000,
      errors: 5,
      slow: 4,
      mostEjected: 0.1,
      ejectMs: 10_000,
      proofs: 3,
      probeMs: 30_000,
      ...options,
    };
  }

  add(id: string, nodeClass: string, now: number, state: HealthState = 'starting'): void {
    const before = this.#patients.get(id);
    if (before !== undefined) this.#count(before.class, before.state, -1);
    this.#count(nodeClass, state, 1);
    this.#patients.set(id, {
      id,
      class: nodeClass,
      detector: new PhiDetector(now, this.#options.heartbeatMs),
      state,
      since: now,
      errors: 0,
      proofs: 0,
      ejections: 0,
      pace: 0,
      answers: 0,
      lastAnswer: now,
      probing: false,
    });
  }

  state(id: string): HealthState | undefined {
    return this.#patients.get(id)?.state;
  }

  beat(id: string, now: number): void {
    const patient = this.#patients.get(id);
    if (patient === undefined) return;
    patient.detector.beat(now);
    this.#to(patient, 'beat', now, 'heartbeat');
  }

  /** What the operator or another part knows for sure: ready, crashed, drain, resume, removed. */
  tell(id: string, event: HealthEvent, now: number, why: string = event): void {
    const patient = this.#patients.get(id);
    if (patient === undefined) return;
    this.#to(patient, event, now, why);
    if (event === 'removed') this.#patients.delete(id); // it is gone, and counted as such, by now
  }

  /** An answer, or a probe, ended. */
  answered(id: string, observation: Observation, now: number): void {
    const patient = this.#patients.get(id);
    if (patient === undefined) return;
    patient.probing = false;
    patient.lastAnswer = now;
    if (!observation.ok) {
      patient.errors++;
      patient.proofs = 0;
      this.#to(patient, 'failed', now, 'failed on probation');
      if (patient.errors >= this.#options.errors)
        this.#eject(patient, now, `${patient.errors} errors in a row`);
      return;
    }
    patient.errors = 0;
    const { totalMs, tokens } = observation;
    if (totalMs !== undefined && tokens !== undefined && tokens > 0) {
      const pace = totalMs / tokens;
      patient.pace = patient.pace === 0 ? pace : patient.pace * 0.8 + pace * 0.2;
      patient.answers++;
    }
    if (patient.state === 'probation' && ++patient.proofs >= this.#options.proofs) {
      // What it was measured at before says nothing about what it is now.
      patient.answers = 0;
      patient.pace = 0;
      this.#to(patient, 'proved', now, `${patient.proofs} good answers`);
    }
  }

  /** To be called twice a second or so. Linear in the nodes. */
  tick(now: number): void {
    const medians = this.#medians();
    const { lostMs, ejectMs, slow, probeMs } = this.#options;
    for (const patient of this.#patients.values()) {
      const { state, since } = patient;
      if (patient.detector.late(now)) this.#to(patient, 'late', now, 'heartbeats are overdue');
      const silent = state === 'suspect' || state === 'draining' || state === 'starting';
      if (silent && now - since > lostMs && patient.detector.late(now)) {
        this.#to(patient, 'lost', now, `silent for ${Math.round((now - since) / 1000)} s`);
      }
      if (state === 'ejected' && now - since >= ejectMs * Math.min(10, patient.ejections)) {
        this.#to(patient, 'cooled', now, 'ejection is over');
      }
      const median = medians.get(patient.class);
      if (median !== undefined && patient.answers >= LEAST_ANSWERS && patient.pace > slow * median) {
        this.#eject(patient, now, `${(patient.pace / median).toFixed(1)} times its class's time a token`);
      }
      const wants = patient.state === 'serving' || patient.state === 'probation';
      const wait = patient.state === 'probation' ? this.#options.heartbeatMs : probeMs;
      if (wants && !patient.probing && now - patient.lastAnswer >= wait) {
        patient.probing = true;
        this.#effects.probe(patient.id);
      }
    }
  }

  #medians(): Map<string, number> {
    const paces = new Map<string, number[]>();
    for (const { class: name, pace, state } of this.#patients.values()) {
      if (pace === 0 || state !== 'serving') continue;
      const list = paces.get(name);
      if (list === undefined) paces.set(name, [pace]);
      else list.push(pace);
    }
    const medians = new Map<string, number>();
    for (const [name, list] of paces) {
      // Of fewer than three nobody can say which one is the odd one out.
      if (list.length >= 3) medians.set(name, list.sort((a, b) => a - b)[list.length >> 1] as number);
    }
    return medians;
  }

  #eject(patient: Patient, now: number, why: string): void {
    if (patient.state !== 'serving') return;
    const { members, ejected } = this.#ward(patient.class);
    const most = members < 2 ? 0 : Math.max(1, Math.floor(members * this.#options.mostEjected));
    if (ejected < most) this.#to(patient, 'outlier', now, why);
  }

  #ward(name: string): { members: number; ejected: number } {
    let ward = this.#wards.get(name);
    if (ward === undefined) this.#wards.set(name, (ward = { members: 0, ejected: 0 }));
    return ward;
  }

  /** A patient of the class came into that state (1) or left it (-1). */
  #count(name: string, state: HealthState, change: 1 | -1): void {
    const ward = this.#ward(name);
    if (state !== 'gone') ward.members += change;
    if (state === 'ejected') ward.ejected += change;
  }

  #to(patient: Patient, event: HealthEvent, now: number, why: string): void {
    const from = patient.state;
    const to = nextState(from, event);
    if (to === from) return;
    this.#count(patient.class, from, -1);
    this.#count(patient.class, to, 1);
    patient.state = to;
    patient.since = now;
    if (to === 'ejected') {
      patient.ejections++;
      patient.errors = 0;
    }
    if (to === 'probation') {
      patient.proofs = 0;
      patient.errors = 0;
      patient.lastAnswer = now;
      patient.probing = false;
    }
    this.#effects.changed(patient.id, from, to, why);
  }
}
