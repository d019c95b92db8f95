// Receives what Caveat tells (Standard Webhooks). Any genuine message makes every copy due: asking
// again costs a 304, and a change of one notice may touch any article.

import { Webhook } from "standardwebhooks";
import { expire } from "@/lib/copies";

export async function POST(request: Request): Promise<Response> {
  const secret = process.env.CAVEAT_WEBHOOK_SECRET;
  if (!secret) return new Response("CAVEAT_WEBHOOK_SECRET is not set", { status: 503 });
  try {
    new Webhook(secret).verify(await request.text(), Object.fromEntries(request.headers));
  } catch {
    return new Response("The signature is not good", { status: 401 });
  }
  await expire();
  return new Response(null, { status: 204 });
}
