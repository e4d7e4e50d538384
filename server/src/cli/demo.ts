import type { Command } from 'commander';
export function addDemo(docket: Command): void {
  void docket;
}
