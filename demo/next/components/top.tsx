import Image from 'next/image'
import type { ReactNode } from 'react'

export function Top({ children }: { readonly children?: ReactNode }) {
  return (
    <header className="top">
      <a className="brand" href="/">
        <Image src="/icon.svg" alt="" width={28} height={28} unoptimized /> Tidemark
      </a>
      {children}
    </header>
  )
}
