import { Component, createElement, type ComponentType, type FunctionComponent } from 'preact';

/** Redraws only when a property is another one. (preact/compat has it too, with much else.) */
export function memo<P extends object>(inner: FunctionComponent<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const keys = Object.keys(next) as (keyof P)[];
      return keys.some((key) => next[key] !== this.props[key]);
    }

    override render() {
      return createElement(inner, this.props as P);
    }
  };
}
