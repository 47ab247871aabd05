namespace Realtime.Loadtests.Reports.Html;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Style">Its class in <c>report.css</c>.</param>
/// <param name="Values">One for each place on the x axis; no number: the line stops.</param>
internal sealed record Series(string Name, string Style, IReadOnlyList<double> Values);
