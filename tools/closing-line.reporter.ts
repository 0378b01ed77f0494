import type { Reporter, TestModule } from 'vitest/node'

/** Prints one plain closing line, `virga-tests: N passed, N failed, N skipped`, that scripts can read without parsing colours. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0
    let failed = 0
    let skipped = 0
    for (const module of modules) {
      let ran = false
      for (const test of module.children.allTests()) {
        ran = true
        const state = test.result().state
        if (state === 'passed') passed++
        else if (state === 'failed') failed++
        else skipped++
      }
      if (!ran && module.errors().length > 0) failed++
    }
    process.stdout.write(`\nvirga-tests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`)
    if (process.env.VIRGA_REQUIRE_ALL === '1' && skipped > 0) {
      process.stdout.write(`VIRGA_REQUIRE_ALL=1: ${skipped} skipped tests count as failures\n`)
      process.exitCode = 1
    }
  }
}
