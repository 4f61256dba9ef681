export function publishedPages(): string[]
export function summaryOf(page: string): string
export function index(): string
export function fullText(): string
