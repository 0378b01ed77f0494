/**
 * Prints the variables of the runtime environment that differ from the caller's, as `export NAME='value'` lines for a POSIX shell, and
 * the Node to run: `VIRGA_NODE`. What `bin/virga` evaluates before it becomes the program itself.
 */
import { nodeBinary, runtimeEnvironment } from './runtime.mjs'

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`
for (const [name, value] of Object.entries({ ...runtimeEnvironment(), VIRGA_NODE: nodeBinary() })) {
  if (value !== undefined && process.env[name] !== value) process.stdout.write(`export ${name}=${quote(value)}\n`)
}
