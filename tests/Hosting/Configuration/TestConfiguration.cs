using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Hosting.Configuration;

/// <summary>A configuration of a file, an environment and arguments, none of them the process's own.</summary>
internal sealed class TestConfiguration
{
    private readonly Dictionary<string, string> _environment = [];
    private readonly List<string> _args = [];
    private readonly List<OptionsRegistration> _types = [];
    private byte[] _yaml = [];

    public TestConfiguration Yaml(string text)
    {
        _yaml = System.Text.Encoding.UTF8.GetBytes(text);
        return this;
    }

    public TestConfiguration Environment(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    public TestConfiguration Args(params string[] args)
    {
        _args.AddRange(args);
        return this;
    }

    public TestConfiguration With<T>()
    {
        _types.Add(new OptionsRegistration(typeof(T)));
        return this;
    }

    /// <summary>Reads it all, as a process does at start.</summary>
    public CheckedConfiguration Read()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, _yaml);
        try
        {
            var configuration = new ConfigurationManager();
            configuration.AddRealtimeSources(["--config", path, .. _args], _environment);
            var read = new CheckedConfiguration(configuration, _types);
            Lines = [.. read.Errors.Select(error =>
                error.ToString().Replace(path, "realtime.yaml", StringComparison.Ordinal))];
            return read;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The errors of the last reading, as an operator sees them.</summary>
    public ImmutableArray<string> Lines { get; private set; } = [];

    /// <summary>Reads it all and gives what is wrong.</summary>
    public ImmutableArray<string> Errors()
    {
        Read();
        return Lines;
    }
}
