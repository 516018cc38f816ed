import { z } from 'zod';
import { pageOf } from '../../kernel/page.js';
import { ROLE_NAMES } from '../roles.js';

/** Names that people give: they fit a URL, a DNS label and a cloud's tag. */
export const Name = z.string().regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be 1–63 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen');
const id = z.uuid('must be an id (UUID)');
const Time = z.iso.datetime();

export const Login = z.strictObject({ username: z.string().min(1).max(200), password: z.string().min(1).max(1000) }).meta({ example: { username: 'admin', password: 'the one shown at the first start' } });
export const AccessToken = z.object({ accessToken: z.string(), tokenType: z.literal('Bearer'), expiresIn: z.int() });
export const Me = z.object({ userId: z.uuid(), username: z.string(), role: z.string() });
export const SessionBody = z.object({
  user: Me.extend({ permissions: z.array(z.string()).meta({ description: 'Patterns of what the role may do; a part `*` fits anything' }) }).nullable(),
  csrfToken: z.string().nullable(), expiresAt: Time.nullable(),
});
export const Workspace = z.object({ id: z.uuid(), name: z.string(), createdAt: Time });
export const Project = z.object({ id: z.uuid(), workspaceId: z.uuid(), name: z.string(), createdAt: Time });
export const User = z.object({ id: z.uuid(), username: z.string(), role: z.enum(ROLE_NAMES), disabled: z.boolean(), createdAt: Time });
export const CreateWorkspace = z.strictObject({ name: Name }).meta({ example: { name: 'retail' } });
export const CreateProject = z.strictObject({ name: Name, workspaceId: id }).meta({ example: { name: 'shop', workspaceId: '019a2c00-0000-7000-8000-000000000001' } });
export const CreateUser = z
  .strictObject({ username: Name, password: z.string().min(12, 'must have at least 12 characters').max(1000), role: z.enum(ROLE_NAMES), workspaceIds: z.array(id).max(100).default([]) })
  .meta({ example: { username: 'mina', password: 'a long one of her own', role: 'operator', workspaceIds: ['019a2c00-0000-7000-8000-000000000001'] } });
export const WorkspacePage = pageOf(Workspace);
export const ProjectPage = pageOf(Project);
export const UserPage = pageOf(User);
