/** Connections of this program: one that is open would keep it from ending. */
const open = new Set<{ close(): Promise<void> }>();

export function opened<T extends { close(): Promise<void> }>(connection: T): T {
  open.add(connection);
  return connection;
}

export async function closeAll(): Promise<void> {
  const connections = [...open];
  open.clear();
  await Promise.all(connections.map((each) => each.close().catch(() => {})));
}
