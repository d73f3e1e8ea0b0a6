import type { InferenceFinish } from '../../../cluster/inference.ts';
import type { AnswerStream } from '../../answer-stream.ts';
import type { AnswerWriter, Envelope } from '../../run.ts';
import { type Piece, ToolCallParser } from '../../tools/parser.ts';
import { toFailure } from '../errors.ts';
import type { ResponseRequest } from './schemas.ts';
import { callItem, messageItem, type OutputItem, responseShape, textPart } from './shape.ts';

/** Writes the events of the responses API: https://platform.openai.com/docs/api-reference/responses-streaming */
export class ResponseWriter implements AnswerWriter {
  readonly #stream: AnswerStream;
  readonly #body: ResponseRequest;
  readonly #envelope: Envelope;
  readonly #parser: ToolCallParser | undefined;
  readonly #ended: (response: Record<string, unknown>, text: string, output: readonly OutputItem[]) => void;
  readonly #output: OutputItem[] = [];
  #serial = 0;
  #text = '';
  /** The message that is being written: its id and text so far. */
  #message: { readonly id: string; text: string } | undefined;

  constructor(
    stream: AnswerStream,
    body: ResponseRequest,
    envelope: Envelope,
    names: readonly string[],
    ended: (response: Record<string, unknown>, text: string, output: readonly OutputItem[]) => void,
  ) {
    this.#stream = stream;
    this.#body = body;
    this.#envelope = envelope;
    this.#parser = names.length === 0 ? undefined : new ToolCallParser(names);
    this.#ended = ended;
  }

  chunk(_index: number, { text }: { readonly text: string }): void {
    this.#begin();
    if (text === '') return;
    for (const piece of this.#parser?.push(text) ?? [{ text }]) this.#piece(piece);
  }

  finish(_index: number, finish: InferenceFinish): void {
    this.#begin();
    for (const piece of this.#parser?.end() ?? []) this.#piece(piece);
    if (this.#output.length === 0) this.#open();
    this.#close();
    const response = responseShape(this.#body, this.#envelope, this.#output, finish);
    this.#event(finish.reason === 'length' ? 'response.incomplete' : 'response.completed', { response });
    this.#ended(response, this.#text, this.#output);
  }

  done(): void {}

  fail(error: Error): void {
    const { code, message, param } = toFailure(error).body.error;
    this.#event('error', { code, message, param });
    const response = responseShape(this.#body, this.#envelope, this.#output, undefined);
    this.#event('response.failed', {
      response: { ...response, status: 'failed', error: { code: code ?? 'server_error', message } },
    });
  }

  #begin(): void {
    if (this.#serial > 0) return;
    const response = responseShape(this.#body, this.#envelope, [], undefined);
    this.#event('response.created', { response });
    this.#event('response.in_progress', { response });
  }

  #piece(piece: Piece): void {
    if (piece.call === undefined) {
      // White space around calls is no message.
      if (this.#message === undefined && this.#parser !== undefined && piece.text.trim() === '') return;
      this.#text += piece.text;
      this.#open();
      const message = this.#message as { id: string; text: string };
      message.text += piece.text;
      this.#inMessage('response.output_text.delta', { delta: piece.text, logprobs: [] });
      return;
    }
    this.#close();
    const item = callItem(piece.call);
    const output_index = this.#output.length;
    this.#output.push(item);
    const at = { item_id: item.id, output_index };
    this.#event('response.output_item.added', {
      output_index,
      item: { ...item, arguments: '', status: 'in_progress' },
    });
    this.#event('response.function_call_arguments.delta', { ...at, delta: item.arguments });
    this.#event('response.function_call_arguments.done', {
      ...at,
      name: item.name,
      arguments: item.arguments,
    });
    this.#event('response.output_item.done', { output_index, item });
  }

  #open(): void {
    if (this.#message !== undefined) return;
    const item = messageItem(undefined);
    this.#message = { id: item.id, text: '' };
    this.#output.push(item);
    this.#event('response.output_item.added', { output_index: this.#output.length - 1, item });
    this.#inMessage('response.content_part.added', { part: textPart('') });
  }

  #close(): void {
    const message = this.#message;
    if (message === undefined) return;
    this.#inMessage('response.output_text.done', { text: message.text, logprobs: [] });
    this.#inMessage('response.content_part.done', { part: textPart(message.text) });
    const item = messageItem(message.text, message.id);
    const output_index = this.#output.length - 1;
    this.#output[output_index] = item;
    this.#message = undefined;
    this.#event('response.output_item.done', { output_index, item });
  }

  #inMessage(type: string, more: Record<string, unknown>): void {
    const { id } = this.#message as { id: string };
    this.#event(type, { item_id: id, output_index: this.#output.length - 1, content_index: 0, ...more });
  }

  #event(type: string, more: Record<string, unknown>): void {
    this.#stream.event(JSON.stringify({ type, sequence_number: this.#serial++, ...more }), type);
  }
}
