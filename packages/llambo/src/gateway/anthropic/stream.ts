import type { InferenceFinish } from '../../cluster/inference.ts';
import type { AnswerStream } from '../answer-stream.ts';
import { toFailure } from '../openai/errors.ts';
import type { AnswerWriter, Envelope } from '../run.ts';
import { type Piece, ToolCallParser } from '../tools/parser.ts';
import { errorShape, messageShape, stopOf, usageOf, useBlock } from './shape.ts';

/** Writes the events of the messages API: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export class MessageWriter implements AnswerWriter {
  readonly #stream: AnswerStream;
  readonly #envelope: Envelope;
  readonly #parser: ToolCallParser | undefined;
  #begun = false;
  /** The block that is being written, or the next one. */
  #index = 0;
  #open = false;
  #called = false;

  constructor(stream: AnswerStream, envelope: Envelope, names: readonly string[]) {
    this.#stream = stream;
    this.#envelope = envelope;
    this.#parser = names.length === 0 ? undefined : new ToolCallParser(names);
  }

  chunk(_index: number, { text }: { readonly text: string }): void {
    this.#begin();
    if (text === '') return;
    if (this.#parser === undefined) this.#text(text);
    else for (const piece of this.#parser.push(text)) this.#piece(piece);
  }

  finish(_index: number, finish: InferenceFinish): void {
    this.#begin();
    for (const piece of this.#parser?.end() ?? []) this.#piece(piece);
    if (this.#index === 0 && !this.#open) this.#text('');
    this.#close();
    this.#event('message_delta', { delta: stopOf(finish, this.#called), usage: usageOf(finish) });
    this.#event('message_stop', {});
  }

  done(): void {}

  fail(error: Error): void {
    this.#stream.event(JSON.stringify(errorShape(toFailure(error))), 'error');
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#event('message_start', { message: messageShape(this.#envelope, [], undefined) });
  }

  #piece({ text, call }: Piece): void {
    if (call === undefined) {
      if (this.#open || text.trim() !== '') this.#text(text);
      return;
    }
    this.#close();
    this.#called = true;
    const index = this.#index++;
    this.#event('content_block_start', { index, content_block: { ...useBlock(call), input: {} } });
    this.#event('content_block_delta', {
      index,
      delta: { type: 'input_json_delta', partial_json: call.arguments },
    });
    this.#event('content_block_stop', { index });
  }

  #text(text: string): void {
    const index = this.#index;
    if (!this.#open) {
      this.#open = true;
      this.#event('content_block_start', { index, content_block: { type: 'text', text: '' } });
    }
    if (text !== '') this.#event('content_block_delta', { index, delta: { type: 'text_delta', text } });
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#event('content_block_stop', { index: this.#index++ });
  }

  #event(type: string, more: Record<string, unknown>): void {
    this.#stream.event(JSON.stringify({ type, ...more }), type);
  }
}
