import js from '@eslint/js'
import nx from '@nx/eslint-plugin'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      '**/.venv',
      '**/dist',
      'models/**',
      '.nx/**',
      '**/*.mjs',
      'apps/world-model/**',
      'demo-out/**',
      'out/**',
      '.cache/**',
      'libs/contracts/src/generated/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          depConstraints: [
            { sourceTag: 'type:util', onlyDependOnLibsWithTags: ['type:util'] },
            { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:util', 'type:domain'] },
            { sourceTag: 'type:feature', onlyDependOnLibsWithTags: ['type:util', 'type:domain', 'type:feature'] },
            { sourceTag: 'type:usecase', onlyDependOnLibsWithTags: ['type:util', 'type:domain', 'type:feature', 'type:usecase'] },
            { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:util', 'type:domain', 'type:usecase'] },
            {
              sourceTag: 'type:platform',
              onlyDependOnLibsWithTags: ['type:util', 'type:domain', 'type:usecase', 'type:adapter', 'type:platform'],
            },
            {
              sourceTag: 'type:app',
              onlyDependOnLibsWithTags: [
                'type:util',
                'type:domain',
                'type:feature',
                'type:usecase',
                'type:adapter',
                'type:platform',
                'type:app',
              ],
            },
            { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
            { sourceTag: 'scope:pixels', onlyDependOnLibsWithTags: ['scope:shared', 'scope:pixels'] },
            { sourceTag: 'scope:drive', onlyDependOnLibsWithTags: ['scope:shared', 'scope:pixels', 'scope:drive'] },
            { sourceTag: 'scope:generation', onlyDependOnLibsWithTags: ['scope:shared', 'scope:generation'] },
            {
              sourceTag: 'scope:augmentation',
              onlyDependOnLibsWithTags: ['scope:shared', 'scope:pixels', 'scope:drive', 'scope:generation', 'scope:augmentation'],
            },
            {
              sourceTag: 'scope:app',
              onlyDependOnLibsWithTags: [
                'scope:shared',
                'scope:pixels',
                'scope:drive',
                'scope:generation',
                'scope:augmentation',
                'scope:app',
              ],
            },
          ],
        },
      ],
    },
  },
  { files: ['**/vitest.config.ts'], rules: { '@nx/enforce-module-boundaries': 'off' } }, // they share one file at the root
  // They start the servers of deploy/local and the command as a user does: neither is a package.
  { files: ['test/distributed/**/*.ts', 'apps/orchestrator/bench/**/*.ts'], rules: { '@nx/enforce-module-boundaries': 'off' } },
  prettier,
)
