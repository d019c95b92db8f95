// The status of an article's page. A page of the App Router cannot set one, and a search engine or
// an archive that is not told 410 keeps what was taken down.

import { NextResponse, type NextRequest } from "next/server";
import { read } from "./lib/caveat";

export const config = { matcher: "/articles/:slug" };

export async function proxy(request: NextRequest): Promise<NextResponse> {
  const slug = request.nextUrl.pathname.split("/")[2] ?? "";
  const { status } = await read(slug);
  return NextResponse.next({ status });
}
