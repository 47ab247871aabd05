namespace Realtime.Hosting.Configuration;

/// <summary>
/// A process's arguments: <c>--config PATH</c>, overrides <c>--section:key value</c> or <c>--section:key=value</c>, and
/// the web framework's own (<c>--urls</c>, …). Anything else is an error: a mistyped option must not be skipped
/// silently.
/// </summary>
internal sealed class CommandLine
{
    private static readonly HashSet<string> FrameworkOptions =
        new(["urls", "environment", "contentRoot", "applicationName"], StringComparer.OrdinalIgnoreCase);

    private readonly List<ConfigurationError> _errors = [];
    private readonly Dictionary<string, string> _overrides = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads arguments.</summary>
    public CommandLine(IReadOnlyList<string> args)
    {
        for (int i = 0; i < args.Count; i++)
        {
            int equals = args[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? args[i] : args[i][..equals];
            if (!name.StartsWith("--", StringComparison.Ordinal) || name.Length == 2)
            {
                Add(i, "is not an option", "write --section:key value");
            }
            else if (equals >= 0)
            {
                Take(name[2..], args[i][(equals + 1)..], i);
            }
            else if (!IsOption(name[2..]))
            {
                AddUnknown(name[2..], i);
                i += i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? 1 : 0;
            }
            else if (i + 1 < args.Count)
            {
                Take(name[2..], args[++i], i);
            }
            else
            {
                Add(i, $"{name} has no value", $"write {name} VALUE");
            }
        }
    }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<ConfigurationError> Errors => _errors;

    /// <summary>Keys and values.</summary>
    public IReadOnlyDictionary<string, string> Overrides => _overrides;

    /// <summary>The value of <c>--config</c>, if given.</summary>
    public string? ConfigPath { get; private set; }

    private void Take(string name, string value, int index)
    {
        if (name.Equals("config", StringComparison.OrdinalIgnoreCase))
        {
            ConfigPath = value;
        }
        else if (name.Contains(':', StringComparison.Ordinal))
        {
            _overrides[name] = value;
        }
        else if (!FrameworkOptions.Contains(name))
        {
            AddUnknown(name, index);
        }
    }

    private static bool IsOption(string name) =>
        name.Equals("config", StringComparison.OrdinalIgnoreCase) || name.Contains(':', StringComparison.Ordinal)
        || FrameworkOptions.Contains(name);

    private void AddUnknown(string name, int index) =>
        Add(index, $"--{name} is not an option", "write --section:key value; --help lists the keys");

    // The argument itself is not shown: it may be a secret that lost its option.
    private void Add(int index, string rule, string cure) =>
        _errors.Add(new ConfigurationError($"argument {index + 1}", Value: null, rule, cure, "command line"));
}
