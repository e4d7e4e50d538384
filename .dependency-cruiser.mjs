// Who may import whom. A type counts as an import wherever a rule does not say otherwise.
const SOURCE = '^server/src/';
const TOUCHES_DISK = [
  '^server/src/attachments/(spool|room|batched-writer|hashing-worker)\\.ts$',
  '^server/src/attachments/(store|inspect)/',
  '^server/src/(db|cli|backup)/',
  '^server/src/config\\.ts$',
];

export default {
  forbidden: [
    {
      name: 'attachments-stands-alone',
      comment: 'The room of attachments knows no ticket rules, no HTTP, no backup and no command.',
      severity: 'error',
      from: { path: '^server/src/attachments/' },
      to: { path: '^server/src/(helpdesk|http|cli|backup)/' },
    },
    {
      name: 'helpdesk-knows-no-http',
      comment: 'Who may do what is the same whoever asks, by HTTP or by command.',
      severity: 'error',
      from: { path: '^server/src/helpdesk/' },
      to: { path: '^server/src/(http|cli)/' },
    },
    {
      name: 'backup-knows-tables-and-files',
      comment: 'A backup takes rows and bytes as they are, whatever they mean.',
      severity: 'error',
      from: { path: '^server/src/backup/' },
      to: { path: '^server/src/(helpdesk|http|cli)/' },
    },
    {
      name: 'backup-for-commands',
      comment: 'What copies everything, whoever may see it, is for whoever runs the machine alone.',
      severity: 'error',
      from: { path: SOURCE, pathNot: '^server/src/(backup|cli)/' },
      to: { path: '^server/src/backup/' },
    },
    {
      name: 'attachments-by-its-door',
      comment: 'Whoever is outside of attachments imports attachments/index.ts.',
      severity: 'error',
      from: { path: '^(server/src|scripts)/', pathNot: '^server/src/(attachments/|helpdesk/access\\.ts$)' },
      to: { path: '^server/src/attachments/', pathNot: '^server/src/attachments/index\\.ts$' },
    },
    {
      name: 'access-mints-grants-only',
      comment: 'Beside the door, helpdesk/access.ts may use the mint and nothing else.',
      severity: 'error',
      from: { path: '^server/src/helpdesk/access\\.ts$' },
      to: { path: '^server/src/attachments/', pathNot: '^server/src/attachments/(index|grant)\\.ts$' },
    },
    {
      name: 'fastify-in-http',
      comment: 'The web framework stays in http/; the serve command listens.',
      severity: 'error',
      from: { path: SOURCE, pathNot: '^server/src/(http/|cli/serve\\.ts$)' },
      to: { path: 'node_modules/(fastify|@fastify/[^/]+)/' },
    },
    {
      name: 'disk-in-few-rooms',
      comment:
        'Files are touched by the spool, the stores, the inspection, the database, backups, the commands and the configuration.',
      severity: 'error',
      from: { path: SOURCE, pathNot: TOUCHES_DISK },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'environment-in-config',
      comment: 'The environment is read once; Biome says the same of process.env.',
      severity: 'error',
      from: { path: SOURCE, pathNot: '^server/src/config\\.ts$' },
      to: { path: '^(node:)?process$' },
    },
    {
      name: 'web-and-server-apart',
      comment: 'They share the generated API types and nothing else.',
      severity: 'error',
      from: { path: '^(web|server)/src/' },
      to: { path: '^(web|server)/src/', pathNot: '^$1/src/' },
    },
    {
      name: 'files-know-no-page',
      comment: 'The components of attachments get their API, and can stand on any page.',
      severity: 'error',
      from: { path: '^web/src/attachments/' },
      to: { path: '^web/src/(account|admin|app|tickets)/|node_modules/@tanstack/react-router/' },
    },
    {
      name: 'primitives-know-no-feature',
      comment: 'What ui/ owns is for every screen.',
      severity: 'error',
      from: { path: '^web/src/(ui|api|messages|legal-hold)/' },
      to: { path: '^web/src/(account|admin|app|attachments|tickets)/' },
    },
    {
      name: 'no-circle',
      comment:
        'Files that import each other can only be understood together; types may, for they are gone at run time.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'declared',
      comment: 'What runs is in the package.json beside it.',
      severity: 'error',
      from: { path: '^(web|server)/src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'found',
      comment: 'An import that leads nowhere escapes every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What a build makes, perhaps at this moment.
    exclude: { path: '^web/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'types', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
