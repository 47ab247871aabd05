using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Reads <c>realtime.yaml</c> once, at start. Errors are kept for the check, which reports all at once.
/// </summary>
internal sealed class YamlConfigurationProvider(string path, string pathOrigin)
    : ConfigurationProvider, IConfigurationOrigin
{
    private readonly List<ConfigurationError> _errors = [];
    private readonly Dictionary<string, int> _lines = new(StringComparer.OrdinalIgnoreCase);

    public string Kind => "file";

    public IReadOnlyList<ConfigurationError> Errors => _errors;

    public IEnumerable<string> Keys => _lines.Keys;

    public string Describe(string key) => PlaceOf(_lines[key]);

    public override void Load()
    {
        try
        {
            foreach (YamlEntry entry in YamlFile.Read(ReadBytes()))
            {
                _lines[entry.Key] = entry.Line;
                if (!entry.IsSection)
                {
                    Data[entry.Key] = entry.Value;
                }
            }
        }
        catch (YamlFileException error)
        {
            string place = error.Line == 0 ? path : PlaceOf(error.Line);
            _errors.Add(new ConfigurationError(place, Value: null, error.Message, error.Cure));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Whole, for a relative path's other half, the working directory, is what is wrong mostly.
            (string place, string rule) = error is FileNotFoundException or DirectoryNotFoundException
                ? (Path.GetFullPath(path), "there is no such file")
                : (path, "the file cannot be read");
            const string Cure = "give the path of a readable file";
            _errors.Add(new ConfigurationError(place, Value: null, rule, Cure, pathOrigin));
        }
    }

    private string PlaceOf(int line) => string.Create(CultureInfo.InvariantCulture, $"{path} line {line}");

    private byte[] ReadBytes()
    {
        using FileStream file = File.OpenRead(path);
        byte[] buffer = new byte[YamlFile.BytesMax + 1];
        int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer[..length];
    }
}
