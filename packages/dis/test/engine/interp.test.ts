import { Interpreter } from '../../src/engine/interp.ts';
import { engineSuite } from './suite.ts';

engineSuite('interp', () => new Interpreter());
