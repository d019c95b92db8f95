import { Fragment } from "react";
import type { Help } from "@/lib/caveat";

type Props = { notice: string | null; help: Help[]; replacement?: string | null };

// What stands in the place of an article that must not be shown: why, who helps, what instead.
export function Ending({ notice, help, replacement }: Props) {
  return (
    <div className="cv-ended">
      <h1>Not available</h1>
      {notice && <p>{notice}</p>}
      <ul>
        {help.map(({ label, phrase, actions }) => (
          <li key={label}>
            {label}: {phrase}
            {actions.map((action) => (
              <Fragment key={action.value}> <a href={action.value}>{action.label}</a></Fragment>
            ))}
          </li>
        ))}
      </ul>
      {replacement && <p>Read instead: <a href={`/articles/${replacement}`}>{replacement}</a></p>}
    </div>
  );
}
