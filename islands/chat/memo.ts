/**
 * Components that are drawn again only when it matters.
 *
 * @module
 */
import { Component, type ComponentChild, type FunctionComponent, h } from "preact";

/** The same component, drawn again when `same` says no. */
export function memo<Props extends object>(
  component: FunctionComponent<Props>,
  same: (before: Readonly<Props>, now: Readonly<Props>) => boolean,
): new (props: Props) => Component<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(now: Readonly<Props>): boolean {
      return !same(this.props, now);
    }

    override render(props: Props): ComponentChild {
      return h(component as FunctionComponent, props);
    }
  };
}
