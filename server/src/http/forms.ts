import type {} from '@fastify/swagger';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusals.ts';
import type { App } from './app.ts';

/** What an upload route takes, for its schema's `consumes`. */
export const FORM_TYPE = 'multipart/form-data';

const IS_FORM = /^multipart\/form-data *(;|$)/i;

/** Whether the route of this request takes a form. */
export function takesForm(request: FastifyRequest): boolean {
  return request.routeOptions.schema?.consumes?.includes(FORM_TYPE) ?? false;
}

/** A route that takes a form refuses whatever else comes, before it is read. */
export function requireForms(app: App): void {
  app.addHook('preParsing', async (request) => {
    if (takesForm(request) && !IS_FORM.test(request.headers['content-type'] ?? '')) {
      throw new Refusal('media_type_unsupported', { limit: FORM_TYPE });
    }
  });
}
