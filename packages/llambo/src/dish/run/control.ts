/** What leaves a command from within: not errors, but the way out. */

export class Exit {
  readonly status: string;

  constructor(status: string) {
    this.status = status;
  }
}

export class Return {
  readonly status: string | undefined;

  constructor(status: string | undefined) {
    this.status = status;
  }
}

export class LoopControl {
  readonly what: 'break' | 'continue';

  constructor(what: 'break' | 'continue') {
    this.what = what;
  }
}
