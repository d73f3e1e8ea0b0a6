/** A step of the build: compiles our Limbo, so that no host has to. */
import { buildLibrary } from './library.ts';

await buildLibrary();
