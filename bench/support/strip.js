/**
 * Runs TypeScript as its build would: types taken away and nothing put in. (tsx wraps every function in a call that keeps
 * its name, which the build does not have: small closures on hot paths cost several times as much.)
 */
import { register } from 'node:module';

register('./strip-hooks.js', import.meta.url);
