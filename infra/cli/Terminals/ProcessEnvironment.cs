using System.Text;

namespace Realtime.Cli.Terminals;

/// <summary>
/// The environment as it was handed to us, byte for byte and in its order: names such as <c>a.b</c> or
/// <c>BASH_FUNC_f%%</c> and bytes that are no UTF-8 are somebody's, and go on to the program.
/// </summary>
internal static class ProcessEnvironment
{
    private const string Given = "/proc/self/environ";

    /// <summary>The variables, each as <c>NAME=value</c>.</summary>
    /// <param name="changes">Variables to set, or with null to take away.</param>
    public static IReadOnlyList<byte[]> With(IReadOnlyDictionary<string, string?> changes)
    {
        var variables = new List<byte[]>();
        byte[] given = File.ReadAllBytes(Given);
        for (int start = 0; start < given.Length;)
        {
            int end = given.AsSpan(start).IndexOf((byte)0);
            end = end < 0 ? given.Length : start + end;
            byte[] variable = given[start..end];
            if (variable.Length > 0 && !changes.ContainsKey(NameOf(variable)))
            {
                variables.Add(variable);
            }

            start = end + 1;
        }

        variables.AddRange(changes.Where(one => one.Value is not null)
            .Select(one => Encoding.UTF8.GetBytes($"{one.Key}={one.Value}")));
        return variables;
    }

    private static string NameOf(byte[] variable)
    {
        int length = Array.IndexOf(variable, (byte)'=');
        return Encoding.UTF8.GetString(variable, 0, length < 0 ? variable.Length : length);
    }
}
