import { backend } from '../../utils/auth'

export default defineEventHandler((event) => backend.handle(toWebRequest(event)))
