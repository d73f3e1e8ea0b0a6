/** Serves the toy tree on standard input and output, for a test. */
import { serve } from '../src/index.ts';
import { stdio } from '../src/node/index.ts';
import { toy } from './toy.ts';

await serve(stdio(), toy()).closed;
