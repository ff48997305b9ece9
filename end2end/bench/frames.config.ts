import { defineConfig } from '@playwright/test'
import base from '../playwright.config'

export default defineConfig({ ...base, testDir: '.', testMatch: 'frames.ts', timeout: 600_000, reporter: 'line' })
