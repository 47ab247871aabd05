namespace Realtime.Loadtests.Measuring;

/// <summary>How fast something changes.</summary>
internal static class Slope
{
    /// <summary>The line of least squares through points: its rise per unit of time; 0 of less than two.</summary>
    public static double Of(IReadOnlyList<(double At, double Value)> points)
    {
        if (points.Count < 2)
        {
            return 0;
        }

        double middle = points.Average(point => point.At);
        double mean = points.Average(point => point.Value);
        double spread = points.Sum(point => (point.At - middle) * (point.At - middle));
        return spread == 0 ? 0 : points.Sum(point => (point.At - middle) * (point.Value - mean)) / spread;
    }
}
