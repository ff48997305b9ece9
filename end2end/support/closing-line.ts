// Closes the run with a plain count that any CI reads.
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter'

export default class ClosingLine implements Reporter {
  private passed = 0
  private failed = 0

  onTestEnd(_test: TestCase, result: TestResult) {
    if (result.status === 'passed') this.passed += 1
    else this.failed += 1
  }

  onEnd(_result: FullResult) {
    console.log(`${this.passed} passed, ${this.failed} failed`)
  }

  printsToStdio() {
    return true
  }
}
