import { KeyStore } from '../../keys/index.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type Parsed } from '../spec.ts';

/** The API keys of this home's cluster, which sees a change within a second. */
export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const [action = 'list', name] = parsed.words;
  const store = new KeyStore();
  if (action === 'list') {
    list(store, parsed.flag('json'));
    return EXIT.ok;
  }
  if (name === undefined) throw new UsageError(`keys ${action} wants a name`);
  if (action === 'revoke') {
    const { id } = store.revoke(name);
    process.stdout.write(`revoked ${name} (${id})\n`);
    return EXIT.ok;
  }
  const limits = {
    requestsPerMinute: parsed.number('requests-per-minute'),
    tokensPerMinute: parsed.number('tokens-per-minute'),
    concurrency: parsed.number('concurrency'),
  };
  const { secret } = store.create({
    name,
    scopes: (parsed.text('scopes') ?? 'infer').split(','),
    limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
  });
  process.stderr.write('This is the only time that the key is shown:\n');
  process.stdout.write(`${secret}\n`);
  return EXIT.ok;
}

function list(store: KeyStore, json: boolean): void {
  const keys = store.list().map(({ id, name, scopes, limits, createdAt }) => ({
    id,
    name,
    scopes,
    limits,
    created: new Date(createdAt).toISOString(),
  }));
  if (json) process.stdout.write(`${JSON.stringify(keys)}\n`);
  else if (keys.length === 0)
    process.stdout.write('there are no keys: whoever reaches the gateway may do everything\n');
  for (const { id, name, scopes, limits, created } of json ? [] : keys) {
    const bounds = Object.entries(limits).map(([limit, value]) => ` ${limit}=${value}`);
    process.stdout.write(
      `${id}  ${name.padEnd(16)}  ${scopes.join(',').padEnd(20)}  ${created}${bounds.join('')}\n`,
    );
  }
}
