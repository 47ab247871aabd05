using System.Diagnostics;

namespace Realtime.Tests.Hosting.Metrics;

/// <summary><c>promtool check metrics</c> of Debian's package <c>prometheus</c>: an opinion that is not ours.</summary>
internal static class Promtool
{
    /// <summary>Fails with what it complains of.</summary>
    public static async Task CheckMetricsAsync(string page)
    {
        var start = new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process promtool = Process.Start(start)!;
        Task<string> output = promtool.StandardOutput.ReadToEndAsync();
        Task<string> errors = promtool.StandardError.ReadToEndAsync();
        await promtool.StandardInput.WriteAsync(page);
        promtool.StandardInput.Close();
        await promtool.WaitForExitAsync();
        Assert.Equal(string.Empty, await output + await errors);
        Assert.Equal(0, promtool.ExitCode);
    }
}
