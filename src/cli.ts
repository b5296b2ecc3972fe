#!/usr/bin/env node
import { runCommand } from './cli/commands.ts'
import { outliveOutput } from './cli/output.ts'

outliveOutput()
const exitCode = await runCommand(process.argv.slice(2))
if (exitCode !== 0) process.exitCode = exitCode
