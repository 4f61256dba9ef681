import type { Figures } from '../../figures.js'
import type { PeerName } from '../peers.js'
import type { OidcLab } from '../stage.js'

/** Something that each client goes through. */
export interface OidcScenario {
  readonly name: string
  readonly run: (lab: OidcLab, peer: PeerName) => Promise<Figures>
}
