import { DisError, eMath } from '../../errors.ts';
import type { BuiltinModule, Call } from '../../vm/builtin.ts';
import { builtin } from '../module.ts';
import { arrays } from './arrays.ts';
import * as basic from './basic.ts';
import { mathInterface } from './interface.ts';
import * as special from './special.ts';

// Arguments start at 32; a second real lies at 40.

const real1 =
  (f: (x: number) => number) =>
  (call: Call): void =>
    call.returnReal(f(call.real(32)));
const real2 =
  (f: (x: number, y: number) => number) =>
  (call: Call): void =>
    call.returnReal(f(call.real(32), call.real(40)));
const test1 =
  (f: (x: number) => number | boolean) =>
  (call: Call): void =>
    call.returnWord(Number(f(call.real(32))));
/** Of an integer and a real. */
const order =
  (f: (n: number, x: number) => number) =>
  (call: Call): void => {
    try {
      call.returnReal(f(call.word(32), call.real(40)));
    } catch (error) {
      if (error instanceof special.OrderError) throw new DisError(eMath);
      throw error;
    }
  };
/** (int, real) at 0 and 8. */
const pair =
  (f: (x: number) => [number, number]) =>
  (call: Call): void => {
    const [i, x] = f(call.real(32));
    call.heap.setWord(call.result, i);
    call.heap.setReal(call.result + 8, x);
  };

/** The second argument when either is no number: not as Math.max. */
function greater(x: number, y: number): number {
  if (x > y) return x;
  return y;
}

/** INVAL, ZDIV, OVFL, UNFL, INEX and the rounding mode: all that the control word has. */
const controlMask = 0x31f;
const statusMask = 0x1f;

/**
 * The Math module, math(2). JavaScript's own functions where it has them. The control word is kept and given back, and
 * rounding stays to nearest whatever it says.
 */
export const mathModule: BuiltinModule = builtin('$Math', mathInterface, {
  ...arrays,
  acos: real1(Math.acos),
  acosh: real1(Math.acosh),
  asin: real1(Math.asin),
  asinh: real1(Math.asinh),
  atan: real1(Math.atan),
  atan2: real2(Math.atan2),
  atanh: real1(Math.atanh),
  cbrt: real1(Math.cbrt),
  ceil: real1(Math.ceil),
  cos: real1(Math.cos),
  cosh: real1(Math.cosh),
  exp: real1(Math.exp),
  expm1: real1(Math.expm1),
  fabs: real1(Math.abs),
  floor: real1(Math.floor),
  hypot: real2(Math.hypot),
  log: real1(Math.log),
  log10: real1(Math.log10),
  log1p: real1(Math.log1p),
  pow: real2(Math.pow),
  sin: real1(Math.sin),
  sinh: real1(Math.sinh),
  sqrt: real1(Math.sqrt),
  tan: real1(Math.tan),
  tanh: real1(Math.tanh),
  erf: real1(special.erf),
  erfc: real1(special.erfc),
  j0: real1(special.j0),
  j1: real1(special.j1),
  jn: order(special.jn),
  y0: real1(special.y0),
  y1: real1(special.y1),
  yn: order(special.yn),
  lgamma: pair(special.lgamma),
  copysign: real2(basic.copysign),
  fdim: real2((x, y) => (x > y ? x - y : 0)),
  fmax: real2(greater),
  fmin: real2((x, y) => -greater(-x, -y)),
  fmod: real2((x, y) => x % y),
  nextafter: real2(basic.nextafter),
  remainder: real2(basic.remainder),
  rint: real1(basic.rint),
  modf: pair((x) => {
    const whole = Math.trunc(x);
    return [basic.truncateToWord(x), basic.copysign(Number.isFinite(x) ? x - whole : 0, x)];
  }),
  finite: test1(Number.isFinite),
  isnan: test1(Number.isNaN),
  ilogb: test1(basic.ilogb),
  scalbn: (call) => call.returnReal(basic.scalbn(call.real(32), call.word(40))),
  pow10: (call) => call.returnReal(basic.pow10(call.word(32))),
  bits32real: (call) => call.returnReal(basic.bits32Real(call.word(32))),
  bits64real: (call) => call.returnReal(basic.bitsReal(call.big(32))),
  realbits32: (call) => call.returnWord(basic.realBits32(call.real(32))),
  realbits64: (call) => call.returnBig(basic.realBits(call.real(32))),
  getFPcontrol: (call) => call.returnWord(call.process.fpControl),
  getFPstatus: (call) => call.returnWord(call.process.fpStatus),
  FPcontrol(call) {
    const { process } = call;
    const mask = call.word(36) & controlMask;
    call.returnWord(process.fpControl & mask);
    process.fpControl = (call.word(32) & mask) | (process.fpControl & ~mask);
  },
  FPstatus(call) {
    const { process } = call;
    const mask = call.word(36) & statusMask;
    call.returnWord(process.fpStatus & mask);
    process.fpStatus = (call.word(32) & mask) | (process.fpStatus & ~mask);
  },
});
