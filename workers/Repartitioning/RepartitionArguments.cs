using System.Globalization;

namespace Realtime.Workers.Repartitioning;

/// <summary>What was asked of <c>repartition</c>, and what of it concerns the configuration.</summary>
internal sealed record RepartitionArguments
{
    /// <summary>Partitions wanted; null with <see cref="Resumes"/> or <see cref="Aborts"/>.</summary>
    public int? Partitions { get; private init; }

    public bool Resumes { get; private init; }

    public bool Aborts { get; private init; }

    /// <summary>Options of the configuration: <c>--config</c>, <c>--event_plane:redis:…</c>.</summary>
    public string[] Configuration { get; private init; } = [];

    /// <summary>Reads them; null and what is wrong if they make no sense.</summary>
    public static RepartitionArguments? Read(string[] args, out string error)
    {
        int? partitions = null;
        bool resumes = false, aborts = false;
        List<string> rest = [];
        error = string.Empty;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--resume":
                    resumes = true;
                    break;
                case "--abort":
                    aborts = true;
                    break;
                case "--partitions":
                    string text = ++i < args.Length ? args[i] : "nothing";
                    if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                        || number is < 1 or > 1024)
                    {
                        error = $"--partitions must be 1 to 1024, is {text}.";
                        return null;
                    }

                    partitions = number;
                    break;
                case "--redis":
                    rest.AddRange(["--event_plane:redis:endpoints:0", ++i < args.Length ? args[i] : string.Empty]);
                    break;
                default:
                    rest.Add(args[i]);
                    break;
            }
        }

        if (new[] { partitions is not null, resumes, aborts }.Count(static one => one) != 1)
        {
            error = "Give one of --partitions N, --resume and --abort.";
            return null;
        }

        return new RepartitionArguments
        {
            Partitions = partitions,
            Resumes = resumes,
            Aborts = aborts,
            Configuration = [.. rest],
        };
    }
}
