using System.Globalization;
using System.Text;

namespace Realtime.Loadtests.Publishing;

/// <summary>The agents of one run; no other run, and nobody else, has agents of these names.</summary>
internal sealed class AgentNames
{
    private readonly byte[][] _names;

    /// <summary>Names them.</summary>
    public AgentNames(long run, int count) =>
        _names =
        [
            .. Enumerable.Range(0, count)
                .Select(agent => NameOf(run, agent.ToString(CultureInfo.InvariantCulture)))
                .Select(Encoding.ASCII.GetBytes),
        ];

    /// <summary>How many.</summary>
    public int Count => _names.Length;

    /// <summary>The name of an agent, or the pattern of several.</summary>
    public static string NameOf(long run, string agent) =>
        string.Create(CultureInfo.InvariantCulture, $"load-{run}-{agent}");

    /// <summary>A name, as bytes of JSON text.</summary>
    public ReadOnlySpan<byte> Utf8Of(long agent) => _names[agent];

    /// <summary>A name.</summary>
    public string NameOf(long agent) => Encoding.ASCII.GetString(_names[agent]);
}
