import { dropUndefined, readID } from '../http/json.ts';
import {
  createMapReader,
  readFields,
  readFlag,
  readNumber,
  readPathID,
  readRaw,
  readRequiredTime,
  readText,
  readTime,
  type Raw,
} from './read.ts';

/** A Roblox group. Fields that Roblox adds later are kept, under Roblox's names. */
export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** The owner's user ID in this app's domain. Missing when the group has no owner. */
  readonly ownerId?: string;
  readonly memberCount?: number;
  /** Whether anyone can join without asking. */
  readonly publicEntryAllowed?: boolean;
  /** Whether Roblox has closed the group. */
  readonly locked?: boolean;
  readonly verified?: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** A user's membership of a group, with their roles. */
export interface GroupMembership {
  readonly groupId: string;
  /** The user's ID in this app's domain. */
  readonly userId: string;
  /** The highest of the member's roles. */
  readonly roleId: string;
  /** All roles of the member. May include the base role, "Member", in addition to the assigned roles. */
  readonly roleIds: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** A role in a group. Fields that Roblox adds later are kept, under Roblox's names. */
export interface GroupRole {
  readonly id: string;
  readonly displayName: string;
  /** 0 (a guest) to 255 (the owner). Not the ID. */
  readonly rank: number;
  /** Missing for guests. */
  readonly memberCount?: number;
  /** Visible to the owner only. */
  readonly description?: string;
  /** Needs the scope `group:read`. A member sees those of their own role, the owner those of all roles. Roblox adds new permissions. */
  readonly permissions?: Readonly<Record<string, boolean>>;
  /** Visible to the owner only. */
  readonly createdAt?: Date;
  /** Visible to the owner only. */
  readonly updatedAt?: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** A user's request to join a group. */
export interface GroupJoinRequest {
  /** The user's ID in this app's domain. */
  readonly userId: string;
  readonly createdAt: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

const GROUP_FIELDS = {
  displayName: readText,
  description: readText,
  memberCount: readNumber,
  publicEntryAllowed: readFlag,
  locked: readFlag,
  verified: readFlag,
};

/** Reads a group of Open Cloud. */
export function readGroup(json: unknown): Group {
  const raw = readRaw(json);
  const { createTime, updateTime, owner, ...sent } = raw;
  const fields = readFields(sent, GROUP_FIELDS);
  return dropUndefined({
    ...fields,
    id: readID(raw['id']) ?? readPathID(raw['path'], 'groups') ?? '',
    displayName: fields.displayName ?? '',
    description: fields.description ?? '',
    ownerId: readPathID(owner, 'users'),
    createdAt: readRequiredTime(createTime),
    updatedAt: readRequiredTime(updateTime),
    raw,
  });
}

/** Reads a membership of Open Cloud: `role` is the highest role, `roles` are all. */
export function readMembership(json: unknown): GroupMembership {
  const raw = readRaw(json);
  const roles = Array.isArray(raw['roles']) ? raw['roles'] : [];
  const roleIds = roles.flatMap((role) => readPathID(role, 'roles') ?? []);
  const highest = readPathID(raw['role'], 'roles');
  return {
    groupId:
      readPathID(raw['path'], 'groups') ?? readPathID(raw['role'], 'groups') ?? readPathID(roles[0], 'groups') ?? '',
    userId: readPathID(raw['user'], 'users') ?? '',
    roleId: highest ?? (roleIds.length === 1 ? roleIds[0] : undefined) ?? '',
    roleIds: highest === undefined || roleIds.includes(highest) ? roleIds : [highest, ...roleIds],
    createdAt: readRequiredTime(raw['createTime']),
    updatedAt: readRequiredTime(raw['updateTime']),
    raw,
  };
}

const ROLE_FIELDS = {
  displayName: readText,
  description: readText,
  rank: readNumber,
  memberCount: readNumber,
  permissions: createMapReader(readFlag),
};

/** Reads a role of Open Cloud. */
export function readRole(json: unknown): GroupRole {
  const raw = readRaw(json);
  const { createTime, updateTime, ...sent } = raw;
  const fields = readFields(sent, ROLE_FIELDS);
  return dropUndefined({
    ...fields,
    id: readID(raw['id']) ?? readPathID(raw['path'], 'roles') ?? '',
    displayName: fields.displayName ?? '',
    rank: fields.rank ?? 0,
    createdAt: readTime(createTime),
    updatedAt: readTime(updateTime),
    raw,
  });
}

/** Reads a join request of Open Cloud. */
export function readJoinRequest(json: unknown): GroupJoinRequest {
  const raw = readRaw(json);
  return {
    userId: readPathID(raw['user'], 'users') ?? readPathID(raw['path'], 'join-requests') ?? '',
    createdAt: readRequiredTime(raw['createTime']),
    raw,
  };
}
