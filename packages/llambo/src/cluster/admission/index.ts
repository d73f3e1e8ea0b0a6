export {
  Admission,
  type AdmissionOptions,
  type AdmissionRequest,
  type Admitted,
  type Ticket,
} from './admission.ts';
export { FairQueue, type FairQueueOptions, type Priority, type Waiting } from './fair-queue.ts';
export { KeyLimiter, type KeyLimits, type Verdict } from './limits.ts';
