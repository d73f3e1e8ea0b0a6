import type { Awaitable } from '@llambo/styx';
import type { Call } from '../../vm/builtin.ts';
import { type Arguments, format } from '../format.ts';
import { contextOf, type SysContext } from './context.ts';
import { by, chanOf, holding, syscall } from './fd.ts';
import { checkPipe } from './pipe-error.ts';

/** Arguments that lie in the frame one after the other, from `offset` on; bigs and reals at multiples of 8. */
class FrameArguments implements Arguments {
  private readonly call: Call;
  private offset: number;

  constructor(call: Call, offset: number) {
    this.call = call;
    this.offset = offset;
  }

  get errstr(): string {
    return this.call.process.errstr;
  }

  word(): number {
    this.offset += 4;
    return this.call.word(this.offset - 4);
  }

  big(): bigint {
    this.offset = ((this.offset + 7) & ~7) + 8;
    return this.call.big(this.offset - 8);
  }

  real(): number {
    this.offset = ((this.offset + 7) & ~7) + 8;
    return this.call.real(this.offset - 8);
  }

  string(): string {
    this.offset += 4;
    return this.call.string(this.offset - 4);
  }

  object(): { references: number; type: number } {
    const { heap } = this.call;
    const pointer = this.word();
    return { references: pointer === 0 ? -1 : heap.references(pointer), type: heap.typeOf(pointer) };
  }
}

function formatted(call: Call, formatAt: number): string {
  return format(call.string(formatAt), new FrameArguments(call, formatAt + 4));
}

const encoder = new TextEncoder();

export const print = {
  print(call: Call): Awaitable<void> {
    const { fds }: SysContext = contextOf(call);
    const text = formatted(call, 32);
    // As the original: without a file 1 nothing happens, not even an error.
    if (!fds.has(1)) return call.returnWord(-1);
    return syscall(
      call,
      () => {
        const chan = fds.get(1);
        return holding(
          chan,
          checkPipe(() => chan.write(encoder.encode(text), by(call))),
        );
      },
      (n) => call.returnWord(n),
    );
  },

  fprint(call: Call): Awaitable<void> {
    const text = formatted(call, 36);
    return syscall(
      call,
      () => {
        const chan = chanOf(call, 32);
        return holding(
          chan,
          checkPipe(() => chan.write(encoder.encode(text), by(call))),
        );
      },
      (n) => call.returnWord(n),
    );
  },

  /** The result ends at the first NUL: in the original it is a C string on its way. */
  sprint(call: Call): void {
    const text = formatted(call, 32);
    const end = text.indexOf('\0');
    call.returnString(end < 0 ? text : text.slice(0, end));
  },

  aprint(call: Call): void {
    call.returnPointer(call.heap.newBytes(encoder.encode(formatted(call, 32))));
  },
};
