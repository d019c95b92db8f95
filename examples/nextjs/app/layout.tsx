import type { ReactNode } from "react";
import { CAVEAT } from "@/lib/caveat";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <link rel="stylesheet" href={`${CAVEAT}/embed/1.0.0/caveat.css`} />
      </head>
      <body>
        <main>{children}</main>
      </body>
    </html>
  );
}
