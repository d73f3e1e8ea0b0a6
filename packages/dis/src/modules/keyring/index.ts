import { DisError, eInvalid } from '../../errors.ts';
import type { BuiltinModule, Call } from '../../vm/builtin.ts';
import { builtin } from '../module.ts';
import { slowly } from '../slowly.ts';
import { newPrimeSteps, primeSteps } from './big.ts';
import { cipherFunctions } from './cipher-functions.ts';
import { digestFunctions } from './digest-functions.ts';
import { cryptInterface, ipintsInterface, keyringInterface } from './interface.ts';
import { ipint, ipintFunctions, newIPint, randomIPint } from './ipint.ts';
import { messages } from './messages.ts';
import { notSupported, publicKeys } from './public-key.ts';

// What is not supported answers like a system call that fails: nil or -1, and %r says why.

const givesNil = (call: Call): void => {
  notSupported(call);
  call.returnPointer(0);
};
const givesMinusOne = (call: Call): void => {
  notSupported(call);
  call.returnWord(-1);
};
const givesZero = (call: Call): void => {
  notSupported(call);
  call.returnWord(0);
};
/** (nil, nil, ...) */
const givesNils =
  (count: number) =>
  (call: Call): void => {
    notSupported(call);
    for (let i = 0; i < count; i++) call.heap.setPointer(call.result + 4 * i, 0);
  };

const certificates = {
  certtoattr: givesNil,
  certtostr: givesNil,
  genSK: givesNil,
  genSKfromPK: givesNil,
  pktoattr: givesNil,
  pktostr: givesNil,
  readauthinfo: givesNil,
  sign: givesNil,
  signm: givesNil,
  sktoattr: givesNil,
  sktopk: givesNil,
  sktostr: givesNil,
  strtocert: givesNil,
  strtopk: givesNil,
  strtosk: givesNil,
  // 0 is the answer for a signature that is not good.
  verify: givesZero,
  verifym: givesZero,
  writeauthinfo: givesMinusOne,
  /** (error, secret) */
  auth(call: Call): void {
    const { heap, result } = call;
    heap.setPointer(result + 4, 0);
    heap.setPointer(result, heap.newString('not supported'));
  },
};

/**
 * The Keyring module, keyring-intro(2): digests, ciphers, integers, keys and messages. Certificates and the
 * authentication protocol that rests on them answer "not supported".
 */
export const keyringModule: BuiltinModule = builtin('$Keyring', keyringInterface, {
  ...ipintFunctions,
  'IPint.random': randomIPint(36),
  ...digestFunctions,
  ...cipherFunctions,
  ...messages,
  ...publicKeys,
  ...certificates,
  dhparams: givesNils(2),
});

/** Bits of the largest prime that is looked for or tested. */
const primeMost = 4096;

async function prime(call: Call): Promise<void> {
  call.returnPointer(0);
  const bits = call.word(32);
  if (bits < 3 || bits > primeMost) throw new DisError(eInvalid);
  call.returnPointer(newIPint(call.heap, await slowly(newPrimeSteps(bits), () => call.signal)));
}

/** The IPints module: integers, and primes. */
export const ipintsModule: BuiltinModule = builtin('$IPints', ipintsInterface, {
  ...ipintFunctions,
  'IPint.random': randomIPint(32),
  genprime: prime,
  genstrongprime: prime,
  gensafeprime: givesNils(2),
  DSAprimes: givesNils(3),
  async probably_prime(call) {
    const rounds = Math.max(1, Math.min(64, call.word(36)));
    const n = ipint(call, 32);
    if (n.toString(16).length > primeMost / 4) throw new DisError(eInvalid);
    call.returnWord(Number(await slowly(primeSteps(n, rounds), () => call.signal)));
  },
});

/** The Crypt module: digests and ciphers; its keys answer "not supported". */
export const cryptModule: BuiltinModule = builtin('$Crypt', cryptInterface, {
  ...digestFunctions,
  ...cipherFunctions,
  dhparams: givesNils(2),
  dsagen: givesNil,
  eggen: givesNil,
  genSK: givesNil,
  genSKfromPK: givesNil,
  rsadecrypt: givesNil,
  rsaencrypt: givesNil,
  rsafill: givesNil,
  rsagen: givesNil,
  sign: givesNil,
  sktopk: givesNil,
  verify: givesZero,
});
