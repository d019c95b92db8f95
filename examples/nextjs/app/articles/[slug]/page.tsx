import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { Ending } from "@/app/ending";
import { read } from "@/lib/caveat";

type Props = { params: Promise<{ slug: string }> };

// Made for each reader anew: a page that Next had stored would outlive a withdrawal.
export const dynamic = "force-dynamic";
const articleOf = cache(read); // one answer for the page and its head

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const outcome = await articleOf((await params).slug);
  if (outcome.state !== "live") return { title: "Not available", robots: { index: false } };
  const { title, rights, links, disclaimers, surfaces } = outcome.edition;
  // What a preview shows beside the title are the notices of the card, never the summary.
  const card = disclaimers.filter((one) => surfaces.card.includes(one.id));
  const description = card.map((one) => one.short).join(" ");
  return {
    title,
    description,
    openGraph: { title, description, type: "article" },
    robots: { index: rights.indexing !== "noindex" },
    alternates: { canonical: links.canonical },
  };
}

export default async function Page({ params }: Props) {
  const outcome = await articleOf((await params).slug);
  switch (outcome.state) {
    case "live":
      // Caveat has escaped everything in it, and lib/caveat.ts has seen every notice in it.
      return <div dangerouslySetInnerHTML={{ __html: outcome.html }} />;
    case "ended":
      return <Ending {...outcome} />;
    case "withheld":
      return <Ending notice="This article is not available where you are." {...outcome} />;
    case "unreachable":
      return (
        <p>
          This article cannot be shown right now. Please come back later. In an emergency call your
          local emergency number. <a href="https://findahelpline.com/">Find a helpline</a>
        </p>
      );
    case "missing":
      notFound();
  }
}
