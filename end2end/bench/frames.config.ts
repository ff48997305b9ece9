import { defineConfig } from '@playwright/test'
import base from '../playwright.config'

export default defineConfig({ ...base, testDir: '.', outputDir: '../test-results', testMatch: ['frames.ts', 'scroll.ts'], timeout: 600_000, workers: 1, reporter: 'line' })
