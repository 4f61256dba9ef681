import type { GoTrueUser } from 'holdfast/providers/gotrue'
import type { RequestSession } from 'holdfast/server'

declare global {
  namespace App {
    interface Locals {
      found: RequestSession<GoTrueUser>
    }
  }
}
