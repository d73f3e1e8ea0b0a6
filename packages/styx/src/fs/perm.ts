/** Users, groups and permissions, as in "Access permissions" of intro(5). */
import { DMEXEC, DMREAD, DMWRITE, OEXEC, ORDWR, OTRUNC, OWRITE } from '../constants.ts';
import { StyxError } from '../errors.ts';

/** Which users are in which groups, and who leads them. Every user is a group too. */
export interface Users {
  isMember(user: string, group: string): boolean;
  isLeader(user: string, group: string): boolean;
}

/** Every user alone in, and leader of, the group of the same name. */
export const ownGroups: Users = {
  isMember: (user, group) => user === group,
  isLeader: (user, group) => user === group,
};

/**
 * Groups from the text of users(6): a line `id:name:leader:members` for each user or group, members apart by commas, `#`
 * for comments. A group without a leader is led by each of its members; a user is always a member of their own group.
 */
export function parseUsers(text: string): Users {
  const groups = new Map<string, { leader: string; members: Set<string> }>();
  for (const [i, line] of text.split('\n').entries()) {
    const entry = line.replace(/#.*/, '').trim();
    if (entry === '') continue;
    const fields = entry.split(':').map((field) => field.trim());
    const [, name, leader = '', members = ''] = fields;
    if (fields.length !== 4 || !name)
      throw new StyxError(`users: line ${i + 1}: expected id:name:leader:members`);
    const list = members.split(',').map((member) => member.trim());
    groups.set(name, { leader, members: new Set(list.filter((member) => member !== '')) });
  }
  const isMember = (user: string, group: string): boolean =>
    user === group || groups.get(group)?.members.has(user) === true;
  return {
    isMember,
    isLeader(user, group) {
      const leader = groups.get(group)?.leader;
      return leader ? leader === user : isMember(user, group);
    },
  };
}

/** Whether `user` has all of `want` (DMREAD, DMWRITE, DMEXEC or-ed) on a file. */
export function permits(
  file: { readonly mode: number; readonly uid: string; readonly gid: string },
  user: string,
  users: Users,
  want: number,
): boolean {
  let granted = file.mode;
  if (user === file.uid) granted |= (file.mode >> 6) | (file.mode >> 3);
  else if (users.isMember(user, file.gid)) granted |= file.mode >> 3;
  return (granted & want) === want;
}

/** What opening with `mode` needs, open(5). */
export function wanted(mode: number): number {
  const access = mode & 3;
  let want =
    access === OEXEC ? DMEXEC : access === OWRITE ? DMWRITE : access === ORDWR ? DMREAD | DMWRITE : DMREAD;
  if (mode & OTRUNC) want |= DMWRITE;
  return want;
}
