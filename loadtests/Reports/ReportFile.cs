using System.Text.Encodings.Web;
using System.Text.Json;

namespace Realtime.Loadtests.Reports;

/// <summary>Writes a report as JSON.</summary>
internal static class ReportFile
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes it whole or not at all.</summary>
    public static void Write<T>(string path, T report)
    {
        string unfinished = path + ".tmp";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(report, Indented) + '\n');
        File.Move(unfinished, path, overwrite: true);
    }
}
