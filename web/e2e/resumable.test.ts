import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from '@playwright/test';
import { docket, serve } from '../../server/test/support/docket.ts';
import { ADMIN, download, expect, filesOf, openDesk, signIn, test as base } from './desk.ts';
